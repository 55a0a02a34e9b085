"""What the API tells of KPIs, and how programs change them: by the same services."""
