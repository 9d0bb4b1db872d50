// A matcher for Node with the interface of `ignore`, in the plainest walk that asks it for each path:
//     node node_walk.cjs MODULE TREE
const fs = require("fs");
const path = require("path");

const [modulePath, root] = process.argv.slice(2);
const lines = fs.readFileSync(path.join(root, ".dockerignore"), "utf8").split(/\r?\n/);
const matcher = require(modulePath)().add(lines);
const negated = lines.some((line) => line.startsWith("!"));
let files = 0;
let bytes = 0;
const below = [""];
while (below.length) {
  const prefix = below.pop();
  for (const entry of fs.readdirSync(path.join(root, prefix), { withFileTypes: true })) {
    const name = prefix + entry.name;
    const excluded = matcher.ignores(name);
    if (entry.isDirectory()) {
      if (!excluded || negated) below.push(name + "/");
    } else if (!excluded) {
      files += 1;
      bytes += fs.lstatSync(path.join(root, name)).size;
    }
  }
}
console.log(`${files} ${bytes}`);
