"""What members bring from elsewhere, one module for each kind of import."""
