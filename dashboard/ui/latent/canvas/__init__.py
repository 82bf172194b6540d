"""The map that the browser draws and decodes: `canvas` on the page, and what goes to it and comes from it."""
