"""What the pages of HTML share: their look, their safety, how they write numbers and names."""
