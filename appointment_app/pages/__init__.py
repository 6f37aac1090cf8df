"""The pages: what a person sees, built from components and states."""
