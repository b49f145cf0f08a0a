"""What people see, in a real browser on a real server: tests, and the pictures of the docs."""
