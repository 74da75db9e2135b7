// The camera: shows it, and looks for QR codes in what it sees. The browser's own detector where there is one, else the app's.

/** Longest side of a picture that the app's own reader gets, in pixels. */
const LONGEST_SIDE = 640;

let stream;
/** Counts starts and stops, so that a camera that opens after it was stopped is closed again. */
let turn = 0;
let detector;
const canvas = document.createElement("canvas");
const paper = canvas.getContext("2d", { willReadFrequently: true });

/** Shows the rear camera in `video`. Throws an error whose `name` says why it cannot. */
export async function start(video) {
  stop();
  const mine = ++turn;
  if (!navigator.mediaDevices) throw Object.assign(new Error("not a secure context"), { name: "Insecure" });
  const opened = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 960 } },
  });
  if (mine !== turn) return close(opened);
  stream = opened;
  video.srcObject = stream;
  await video.play();
}

/** Turns the camera off. */
export function stop() {
  turn++;
  if (stream) close(stream);
  stream = undefined;
}

/** Looks for a QR code; returns its text, or `undefined`. `readQr` reads one out of grey pixels. */
export async function look(video, readQr) {
  if (document.hidden || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return undefined;
  if (detector === undefined) detector = await makeDetector();
  if (detector) {
    const [code] = await detector.detect(video);
    return code?.rawValue || undefined;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  paper.drawImage(video, 0, 0, canvas.width, canvas.height);
  return readQr(greyOf(paper.getImageData(0, 0, canvas.width, canvas.height).data), canvas.width);
}

/** The browser's detector, or `null` if it has none that knows QR codes. */
async function makeDetector() {
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

/** Brightness of each pixel (ITU-R BT.601, in 256ths). */
function greyOf(rgba) {
  const grey = new Uint8Array(rgba.length / 4);
  for (let i = 0, j = 0; j < grey.length; i += 4, j++) {
    grey[j] = (rgba[i] * 77 + rgba[i + 1] * 150 + rgba[i + 2] * 29) >> 8;
  }
  return grey;
}

function close(opened) {
  for (const track of opened.getTracks()) track.stop();
}
