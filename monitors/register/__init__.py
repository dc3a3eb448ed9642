"""The register as offices keep it: read from a spreadsheet, checked, compared, and handed back."""
