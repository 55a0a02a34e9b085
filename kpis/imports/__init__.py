"""Figures from spreadsheets: what their cells say, read as a person would, or refused."""
