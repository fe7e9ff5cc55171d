// The week's page: where one is, by the device. Everything else works without scripts.

const button = document.getElementById("here");
const notice = document.getElementById("here-problem");

button.hidden = !navigator.geolocation;
button.addEventListener("click", () => {
  button.setAttribute("aria-busy", "true");
  notice.hidden = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const url = new URL(location.href);
      url.searchParams.delete("q");
      url.searchParams.set("at", `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`);
      location.href = url;
    },
    ({ code }) => {
      button.removeAttribute("aria-busy");
      notice.hidden = false;
      notice.textContent = code === 1 ? notice.dataset.denied : notice.dataset.unavailable;
    },
    { enableHighAccuracy: true, timeout: 12000, maximumAge: 30000 },
  );
});
