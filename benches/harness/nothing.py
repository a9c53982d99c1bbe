"""A program that does nothing: what is left is start-up."""
