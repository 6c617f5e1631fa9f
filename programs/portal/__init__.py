"""What points bring to the portal: panels, pages and places, registered when the app starts."""
