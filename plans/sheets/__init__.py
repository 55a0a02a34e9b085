"""An improvement plan from somebody else's file: rows, columns, and what they say of each action.

No database: a preview and an import are built on what these modules return. In order of use:
`reading` (bytes to rows), `layouts` (which column is what), `understanding` (rows to actions).
"""
