// Sends the form that takes a sign-in's answer to its site. Without scripts, its button does.
document.forms[0].requestSubmit();
