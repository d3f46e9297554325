"""The language of health records: reading resources, FHIRPath, views, search parameters, dates."""
