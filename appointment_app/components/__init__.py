"""What pages are built from: small functions that return semantic HTML in our look."""
