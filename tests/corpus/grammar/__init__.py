"""A random grammar of German business papers: who writes, what about, and how the page looks."""
