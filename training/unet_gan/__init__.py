"""The technique `unet-gan`: DeepComposer's generator and critic."""
