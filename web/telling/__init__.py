"""Values in the words of the page's language: codes, names, reasons, errors, the time line of a case. Nothing here asks the database; what is looked up comes from `web.lookup`."""
