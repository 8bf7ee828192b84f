"""Pages of the insight board, for making reports (`reports`, `publishing`) and for reading them."""
