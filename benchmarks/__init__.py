"""What things cost. The figures are for people to read: no test decides by them."""
