"""What the API tells of plans and actions, and how programs change them: by the same services."""
