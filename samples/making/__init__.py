"""What `make.py` is made of: numbers, people and invoices first, then surfaces, then the post itself."""
