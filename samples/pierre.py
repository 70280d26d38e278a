"""Pierre: nothing done yet, every blank unfilled. 0 of 25."""
