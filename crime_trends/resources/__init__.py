"""Resources: where the assets find the portals, the lake, Spark, the warehouse and dbt."""
