"""How letters look on each channel: pure, so that a preview is exactly what is sent."""
