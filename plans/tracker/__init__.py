"""The tracker workbook: a plan goes out, people write into it, and it comes back.

No database. `columns` says what stands in the workbook, `writing` makes it, `stamp` is what its
hidden sheet remembers, `reading` finds the rows again, and `merging` compares what was sent out,
what stands here now, and what came back.
"""
