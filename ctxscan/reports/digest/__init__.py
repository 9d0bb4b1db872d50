"""Every figure, remark and next step that reports show, worked out once."""
