// Préau — la liste des demandes au clavier. Tout fonctionne sans ce fichier : ce sont des liens et des boutons.
(() => {
  const liens = [...document.querySelectorAll(".m-inbox tbody th a")]; if (!liens.length) return;
  document.querySelector(".m-touches")?.removeAttribute("hidden");
  const aller = pas => {
    const ici = liens.indexOf(document.activeElement), ouvert = liens.findIndex(lien => lien.hasAttribute("aria-current"));
    const depart = ici >= 0 ? ici : ouvert >= 0 ? ouvert : pas > 0 ? -1 : liens.length;
    liens[Math.min(Math.max(depart + pas, 0), liens.length - 1)].focus();
  };
  document.addEventListener("keydown", e => {
    // Jamais dans un champ, une fenêtre ouverte, ni avec une touche que le navigateur garde pour lui.
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    // Et seulement une fois dans la liste ou dans la demande : ailleurs, une lettre reste une lettre.
    if (!e.target.closest(".m-deux") || e.target.closest("input:not([type=checkbox]),textarea,select,summary")) return;
    const fleche = liens.includes(document.activeElement) && { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const pas = { j: 1, k: -1 }[e.key] || fleche;
    if (pas) { e.preventDefault(); aller(pas); return; }
    const bouton = document.querySelector(`[data-touche="${e.key.toLowerCase().replace(/[^a-z]/g, "")}"]`);
    if (bouton && e.key.length === 1) { e.preventDefault(); bouton.click(); }
  });
})();
