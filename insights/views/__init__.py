"""Pages of the insight board (`board`), for making reports (`reports`, `blocks`, `publishing`) and reading them."""
