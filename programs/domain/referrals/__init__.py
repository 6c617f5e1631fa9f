"""Friends who come by a member's word, and what both are given for it."""
