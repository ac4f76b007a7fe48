"""How the graph keeps itself up to date: jobs, schedules, sensors, conditions and freshness, a module each."""
