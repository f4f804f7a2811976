"""The data sets that bandmate knows by name: each becomes songs, or a counted reason why not."""
