/** Says that there is no python3, and how to get it with the part that a command needs. */
export function missingPython(part: 'pip' | 'venv'): string {
  return `python3 is missing. Debian, Ubuntu: \`sudo apt install python3 python3-${part}\`; Fedora: \`sudo dnf install python3 python3-pip\`.`
}
