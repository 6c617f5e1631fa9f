"""The place of a business's customers: at /<business>/ and at the business's own domain."""
