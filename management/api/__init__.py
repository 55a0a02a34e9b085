"""The REST API: what every viewset stands on, and what the API tells of areas, posts and people.

Nothing is imported here: the library reads `authentication` and `parsing` by name while it loads.
"""
