"""A plan, or a list of actions, on its way out of Throughline: what it says, and plain files of it.

No database: `content` is gathered by `plans.services.exports`, the other modules draw it.
"""
