export default function ({ parentElement, data, setTriggerValue }) {
  const row = parentElement.querySelector("[role=group]");
  row.setAttribute("aria-label", data.label);
  row.replaceChildren(...data.images.map(({ id, source, name }) => {
    const button = document.createElement("button"), image = document.createElement("img");
    button.type = "button";
    button.title = name;
    button.setAttribute("aria-pressed", id === data.chosen);
    button.onclick = () => setTriggerValue("picked", id);
    image.src = source;
    image.alt = name;
    button.append(image);
    return button;
  }));
}
