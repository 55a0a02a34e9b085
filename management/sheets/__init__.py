"""Files with tables, from outside: their rows as plain text, each cell with its place."""
