"""Sentences about event reports."""
