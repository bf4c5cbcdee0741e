"""The families' shell: public pages, home, navigation, and pages that gather several areas."""
