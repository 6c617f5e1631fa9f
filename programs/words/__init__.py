"""What is said about each kind of program, to owners, staff and members."""
