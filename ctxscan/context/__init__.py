"""A context directory: listed, walked, measured, and narrowed to what the builder is sent."""
