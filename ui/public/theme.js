// Sets the theme before the first paint from the hint the page left last time.
// The settings in Rust decide; this only prevents a flash until they arrive.
try {
  const hint = localStorage.getItem("theme");
  if (hint === "light" || hint === "dark") document.documentElement.dataset.theme = hint;
} catch {
  // Web storage may be switched off: the system theme is shown until the settings arrive.
}
