/* Going back to a page that answered a form, or loading it again, asks for the page of that form instead of sending it once more. */

const { page } = document.body.dataset;
if (page) history.replaceState(null, "", page);
