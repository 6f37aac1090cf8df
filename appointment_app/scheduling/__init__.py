"""What the product exists for: hours, free slots and the appointments made of them."""
