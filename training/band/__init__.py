"""The technique `band`: a U-Net that renders a chord plan into four parts, its style code and critic."""
