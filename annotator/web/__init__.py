"""HTML: one blueprint per noun. A view parses, calls one service and renders."""
