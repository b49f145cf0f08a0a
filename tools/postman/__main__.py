"""Write the collection anew."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "neofi.settings")
    django.setup()

    from tools.postman import collection

    collection.FILE.write_text(collection.text())
    print(f"written: {collection.FILE.relative_to(collection.ROOT)}")


if __name__ == "__main__":
    main()
