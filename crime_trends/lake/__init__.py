"""The lake: raw CSVs by year and clean Parquet by month, each partition being what its manifest says."""
