"""Every change to KPIs: definitions, phases, targets, figures."""
