// Préau — deuxième protection. Un formulaire [data-cle] demande une clé d'accès au navigateur avant de partir ; ses
// options sont dans un bloc JSON de la page, et son bouton attend ce fichier. [data-imprimer] imprime. Sans ce fichier,
// la page dit quoi faire.
(() => {
  const octets = texte => Uint8Array.from(atob(texte.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
  const texte = octets => btoa(String.fromCharCode(...new Uint8Array(octets)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const cles = liste => (liste || []).map(cle => ({ ...cle, id: octets(cle.id) }));

  async function creer(options) {
    const user = { ...options.user, id: octets(options.user.id) };
    return navigator.credentials.create({ publicKey:
      { ...options, user, challenge: octets(options.challenge), excludeCredentials: cles(options.excludeCredentials) } });
  }
  async function montrer(options) {
    return navigator.credentials.get({ publicKey:
      { ...options, challenge: octets(options.challenge), allowCredentials: cles(options.allowCredentials) } });
  }
  function enJson(cle) {
    const reponse = {};
    for (const nom of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (cle.response[nom]) reponse[nom] = texte(cle.response[nom]);
    return { id: cle.id, rawId: texte(cle.rawId), type: cle.type, response: reponse,
      clientExtensionResults: cle.getClientExtensionResults() };
  }

  document.querySelectorAll("form[data-cle]").forEach(formulaire => {
    const panne = formulaire.querySelector("[data-panne]"), bouton = formulaire.querySelector("button[type=submit]");
    formulaire.querySelector("[data-attente]").remove();
    const dire = cas => { panne.textContent = cas ? panne.dataset[cas] : ""; };
    if (!window.PublicKeyCredential) { dire("absente"); return; }
    formulaire.addEventListener("submit", async e => {
      e.preventDefault();
      dire();
      bouton.disabled = true;
      try {
        const { publicKey } = JSON.parse(formulaire.querySelector("script[type='application/json']").textContent);
        const cle = await (formulaire.dataset.cle === "creer" ? creer : montrer)(publicKey);
        formulaire.elements.credential.value = JSON.stringify(enJson(cle));
        formulaire.submit();
      } catch (faute) {
        dire(faute.name === "InvalidStateError" ? "connue" : "refusee");
      } finally {
        bouton.disabled = false;
      }
    });
    bouton.disabled = false;
  });
  document.querySelectorAll("[data-imprimer]").forEach(bouton => {
    bouton.hidden = false;
    bouton.addEventListener("click", () => print());
  });
})();
