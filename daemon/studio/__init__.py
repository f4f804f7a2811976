"""The page: the band seen, played and led from a browser. The server is a process of its own."""
